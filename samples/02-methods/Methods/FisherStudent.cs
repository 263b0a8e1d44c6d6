using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>One weight in twenty, those that the taught answers pull at most.</summary>
[SparseMask(0.05)]
[Training(LearningRate = 3e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class FisherStudent : LlamaForCausalLM;
