// expect: PEFT202 at 0
using Peft.Declarative;
using Peft.Declarative.Models;
[Poly(rank: 8, tasks: 0)]
public sealed partial class Persona : LlamaForCausalLM;
