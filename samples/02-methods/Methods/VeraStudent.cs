using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>Random projections shared by all layers; only two vectors per layer are learnt.</summary>
[Vera(rank: 256, Targets = [LayerAdapterAttribute.AllLinear])]
[Training(LearningRate = 1e-2, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class VeraStudent : LlamaForCausalLM;
