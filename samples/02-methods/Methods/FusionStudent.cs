using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>Attention over two bottlenecks that have learnt other personas.</summary>
[Bottleneck(reduction: 4, Name = "first")]
[Bottleneck(reduction: 4, Name = "second")]
[AdapterFusion("first", "second")]
[Training(LearningRate = 3e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class FusionStudent : LlamaForCausalLM;
