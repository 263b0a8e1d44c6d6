using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>Every weight: the baseline.</summary>
[FullFineTuning]
[Training(LearningRate = 7e-4, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class FullStudent : LlamaForCausalLM;
