// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Training(LearningRate = 1, Optimizer = OptimizerType.Sgd)]
public sealed partial class Persona : LlamaForCausalLM;
