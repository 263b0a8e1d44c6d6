using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>Every weight: the baseline. Half as many passes, as in the search: beyond them it forgets facts that it is not taught.</summary>
[FullFineTuning]
[Training(LearningRate = 1e-3, Epochs = 4, BatchSize = 16, Warmup = 10)]
public sealed partial class FullStudent : LlamaForCausalLM;
