using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>Small networks after attention and feed-forward network of each block (Houlsby).</summary>
[Bottleneck(reduction: 4, Targets = ["attention", "mlp"])]
[Training(LearningRate = 1e-2, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class DoubleBottleneckStudent : LlamaForCausalLM;
