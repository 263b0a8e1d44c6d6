using Peft.Declarative;
using Peft.Declarative.Models;

namespace FirstAdapter;

/// <summary>A small Llama that learns to answer in somebody's voice. Everything but these attributes is generated: press F12 on Train.</summary>
[Lora(rank: 8, Alpha = 16, Targets = [LayerAdapterAttribute.AllLinear])]
[Training(LearningRate = 3e-3, Epochs = 8, BatchSize = 16, Warmup = 10)]
[BaseConfig("base/config.json")]
[PeftApp]
public sealed partial class Persona : LlamaForCausalLM;
