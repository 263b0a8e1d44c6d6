// expect: PEFT202 at double.NaN
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 2)] [Budget(MaxMemoryGiB = double.NaN)] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
