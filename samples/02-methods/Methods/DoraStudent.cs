using Peft.Declarative;
using Peft.Declarative.Models;

namespace MethodStudy.Methods;

/// <summary>LoRA with the length of each weight row learnt apart from its direction.</summary>
[Dora(rank: 8, Alpha = 16, Targets = [LayerAdapterAttribute.AllLinear])]
[Training(LearningRate = 2e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
public sealed partial class DoraStudent : LlamaForCausalLM;
