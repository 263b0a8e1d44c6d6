// expect: PEFT204 at Budget
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 2)] [Budget] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
