// expect: PEFT204 at 0.01
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;

[Lora(rank: 8, Targets = ["all-linear"])]
[BaseConfig("configs/llama-tiny.json")]
[Budget(MaxAdapterMiB = 0.01)]
public sealed partial class Persona : LlamaForCausalLM;
