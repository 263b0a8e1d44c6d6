using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>One weight in twenty, the largest.</summary>
[SparseMask(0.05, Choice = MaskChoice.Magnitude)]
[Training(LearningRate = 3e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class MagnitudeStudent : LlamaForCausalLM;
