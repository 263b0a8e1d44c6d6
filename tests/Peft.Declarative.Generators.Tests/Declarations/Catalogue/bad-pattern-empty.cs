// expect: PEFT* at ""
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, TargetPattern = "")]
public sealed partial class Persona : LlamaForCausalLM;
