// expect: PEFT205 at 0.9
using Peft.Declarative;
using Peft.Declarative.Models;
[Dora(rank: 8, Dropout = 0.9)]
public sealed partial class Persona : LlamaForCausalLM;
