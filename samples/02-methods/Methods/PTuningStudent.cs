using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>A hundred vectors before the text, made by a small network that is learnt.</summary>
[PTuning(100, Hidden = 128)]
[Training(LearningRate = 3e-3, Epochs = 16, BatchSize = 16, Warmup = 10)]
public sealed partial class PTuningStudent : LlamaForCausalLM;
