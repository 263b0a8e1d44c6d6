// expect: PEFT204 at 0.1
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;

[Lora(rank: 2)]
[Training(BatchSize = 64, MaxLength = 4096)]
[BaseConfig("configs/llama-tiny.json")]
[Budget(MaxMemoryGiB = 0.1)]
public sealed partial class Persona : LlamaForCausalLM;
