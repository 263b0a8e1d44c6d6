using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>A small network beside the feed-forward network of each block.</summary>
[ParallelBottleneck(reduction: 4)]
[Training(LearningRate = 3e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class ParallelBottleneckStudent : LlamaForCausalLM;
