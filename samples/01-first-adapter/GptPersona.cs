using Peft.Declarative;
using Peft.Declarative.Models;

namespace FirstAdapter;

/// <summary>The same on GPT-2, whose layers have other names.</summary>
[Lora(rank: 8, Alpha = 16, Targets = [LayerAdapterAttribute.AllLinear])]
[Training(LearningRate = 1e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
[PeftApp]
public sealed partial class GptPersona : Gpt2ForCausalLM;
