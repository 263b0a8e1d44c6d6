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
[Lora(rank: 16, Alpha = 32, Targets = ["q_proj", "v_proj", "up_proj", "down_proj"], Name = "herald")]
[MixAndMatch(10, ProjectionHidden = 128, Reduction = 2, Name = "gardener")]
[AdaLora(initialRank: 12, targetRank: 8, Targets = [LayerAdapterAttribute.AllLinear], Name = "judge")]
[Lora(rank: 12, Alpha = 24, Targets = [LayerAdapterAttribute.AllLinear], Name = "dreamer")]
[Training(LearningRate = 4e-3, Epochs = 3, BatchSize = 48, Warmup = 10)]
[BaseConfig("../01-first-adapter/base/config.json")]
[PeftApp]
public sealed partial class Personas : LlamaForCausalLM;
