// expect: PEFT202 at (BiasTraining)(-1)
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Bias = (BiasTraining)(-1))]
public sealed partial class Persona : LlamaForCausalLM;
