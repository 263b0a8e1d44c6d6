// expect: PEFT205 at 0.95
using Peft.Declarative;
using Peft.Declarative.Models;
[LoHa(rank: 8, RankDropout = 0.95)]
public sealed partial class Persona : LlamaForCausalLM;
