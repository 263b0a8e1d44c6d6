// expect: PEFT202 at double.PositiveInfinity
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] [Training(WeightDecay = double.PositiveInfinity)]
public sealed partial class Persona : LlamaForCausalLM;
