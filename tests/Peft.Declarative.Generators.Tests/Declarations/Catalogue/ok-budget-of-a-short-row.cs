// expect: none
// config: llama-tiny.json
// adapts: q_proj, v_proj
using Peft.Declarative;
using Peft.Declarative.Models;

/// <summary>The same with the memory of a few rows.</summary>
[Lora(rank: 2)]
[Training(BatchSize = 2, MaxLength = 64)]
[BaseConfig("configs/llama-tiny.json")]
[Budget(MaxTrainable = 10_000, MaxAdapterMiB = 0.1, MaxMemoryGiB = 0.1)]
public sealed partial class Persona : LlamaForCausalLM;
