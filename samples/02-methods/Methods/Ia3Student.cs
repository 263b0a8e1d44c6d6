using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>A factor for each key, value and hidden feature.</summary>
[Ia3]
[Training(LearningRate = 5e-2, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class Ia3Student : LlamaForCausalLM;
