using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>A small network after the feed-forward network of each block (Pfeiffer).</summary>
[Bottleneck(reduction: 4)]
[Training(LearningRate = 1e-2, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class BottleneckStudent : LlamaForCausalLM;
