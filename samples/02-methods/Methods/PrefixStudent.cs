using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>Twenty keys and values before those of the text, in each block.</summary>
[PrefixTuning(20)]
[Training(LearningRate = 3e-1, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class PrefixStudent : LlamaForCausalLM;
