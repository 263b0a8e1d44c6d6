// expect: PEFT202 at float.PositiveInfinity
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Alpha = float.PositiveInfinity)]
public sealed partial class Persona : LlamaForCausalLM;
