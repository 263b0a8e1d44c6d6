// expect: PEFT101|PEFT103 at "h.*attn"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, TargetPattern = "h.*attn")]
public sealed partial class Persona : LlamaForCausalLM;
