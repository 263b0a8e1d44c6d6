using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>The base's own norm weights, and nothing else.</summary>
[LayerNormTuning]
[Training(LearningRate = 5e-2, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class LayerNormStudent : LlamaForCausalLM;
