using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>As many ranks as LoRA's in the end, shared out among the layers by need.</summary>
[AdaLora(initialRank: 12, targetRank: 8, Alpha = 24, Targets = [LayerAdapterAttribute.AllLinear])]
[Training(LearningRate = 5e-2, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class AdaLoraStudent : LlamaForCausalLM;
