// expect: PEFT202 at 1.0
using Peft.Declarative;
using Peft.Declarative.Models;
[LoHa(rank: 8, ModuleDropout = 1.0)]
public sealed partial class Persona : LlamaForCausalLM;
