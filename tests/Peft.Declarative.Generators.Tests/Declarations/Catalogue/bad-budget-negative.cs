// expect: PEFT202 at -5
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 2)] [Budget(MaxTrainable = -5)] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
