// expect: PEFT202 at 0
using Peft.Declarative;
using Peft.Declarative.Models;
[ParallelBottleneck(Scale = 0)]
public sealed partial class Persona : LlamaForCausalLM;
