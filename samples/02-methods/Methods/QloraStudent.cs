using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>LoRA on a base stored in four bits.</summary>
[Quantize]
[Lora(rank: 8, Alpha = 16, Targets = [LayerAdapterAttribute.AllLinear])]
[Training(LearningRate = 2e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class QloraStudent : LlamaForCausalLM;
