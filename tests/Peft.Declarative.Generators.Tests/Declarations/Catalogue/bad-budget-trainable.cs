// expect: PEFT204 at 10
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [BaseConfig("configs/llama-tiny.json")] [Budget(MaxTrainable = 10)]
public sealed partial class Persona : LlamaForCausalLM;
