using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>The biases; this base has none, so that the class is refused.</summary>
[BitFit]
[Training(LearningRate = 1e-2, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class BitFitStudent : LlamaForCausalLM;
