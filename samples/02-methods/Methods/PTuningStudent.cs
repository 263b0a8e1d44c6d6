using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>Twenty vectors before the text, made by a small network that is learnt.</summary>
[PTuning(20, Hidden = 128)]
[Training(LearningRate = 1e-2, Epochs = 24, BatchSize = 16, Warmup = 10)]
public sealed partial class PTuningStudent : LlamaForCausalLM;
