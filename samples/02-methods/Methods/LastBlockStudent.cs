using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>The last of four blocks, whole.</summary>
[FullFineTuning(LastBlocks = 1)]
[Training(LearningRate = 3e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class LastBlockStudent : LlamaForCausalLM;
