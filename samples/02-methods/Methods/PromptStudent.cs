using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>A hundred learnt vectors before the text.</summary>
[PromptTuning(100, Init = PromptInit.SampleVocabulary)]
[Training(LearningRate = 1e-1, Epochs = 16, BatchSize = 16, Warmup = 10)]
public sealed partial class PromptStudent : LlamaForCausalLM;
