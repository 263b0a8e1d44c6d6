using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>Twenty learnt vectors before the text.</summary>
[PromptTuning(20, Init = PromptInit.SampleVocabulary)]
[Training(LearningRate = 3e-2, Epochs = 24, BatchSize = 16, Warmup = 10)]
public sealed partial class PromptStudent : LlamaForCausalLM;
