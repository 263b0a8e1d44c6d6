// expect: PEFT202 at 0
using Peft.Declarative;
using Peft.Declarative.Models;
[LoKr(rank: 8, DecomposeFactor = 0)]
public sealed partial class Persona : LlamaForCausalLM;
