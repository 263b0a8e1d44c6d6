// expect: PEFT003 at "configs/llama-width.json"
// config: llama-width.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 2)] [BaseConfig("configs/llama-width.json")]
public sealed partial class Persona : LlamaForCausalLM;
