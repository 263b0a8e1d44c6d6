using Peft.Declarative;
using Peft.Declarative.Models;

namespace ManyPersonas;

/// <summary>Twelve personas on one small Llama, each by a method of its own choice. All of them can be rows of one batch, so one run trains them all.</summary>
[Lora(rank: 8, Alpha = 16, Targets = [LayerAdapterAttribute.AllLinear], Name = "captain")]
[Dora(rank: 8, Alpha = 16, Targets = [LayerAdapterAttribute.AllLinear], Name = "professor")]
[Lora(rank: 4, Alpha = 8, Targets = [LayerAdapterAttribute.AllLinear], Name = "pip")]
[PrefixTuning(tokens: 30, Projection = true, ProjectionHidden = 256, Name = "knight")]
[ParallelBottleneck(reduction: 2, Name = "robot")]
[Lora(rank: 8, Alpha = 16, UseRsLora = true, Targets = [LayerAdapterAttribute.AllLinear], Name = "cook")]
[Dora(rank: 4, Alpha = 8, Targets = [LayerAdapterAttribute.AllLinear], Name = "detective")]
[Bottleneck(reduction: 2, Targets = ["attention", "mlp"], Name = "witch")]
[Ia3(Targets = [LayerAdapterAttribute.AllLinear], LearningRate = 5e-2, Name = "herald")]
[MixAndMatch(10, ProjectionHidden = 128, Reduction = 2, Name = "gardener")]
[AdaLora(initialRank: 12, targetRank: 8, Targets = [LayerAdapterAttribute.AllLinear], Name = "judge")]
[Vera(rank: 256, Targets = [LayerAdapterAttribute.AllLinear], LearningRate = 1e-2, Name = "dreamer")]
[Training(LearningRate = 4e-3, Epochs = 3, BatchSize = 48, Warmup = 10)]
[BaseConfig("../01-first-adapter/base/config.json")]
[PeftApp]
public sealed partial class Personas : LlamaForCausalLM;
