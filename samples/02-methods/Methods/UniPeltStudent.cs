using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>Prefixes, LoRA and bottlenecks, each with a gate.</summary>
[UniPelt(10, ProjectionHidden = 128, Reduction = 4)]
[Training(LearningRate = 3e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class UniPeltStudent : LlamaForCausalLM;
