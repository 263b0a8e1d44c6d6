// expect: PEFT003 at "configs/llama-heads.json"
// config: llama-heads.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 2)] [BaseConfig("configs/llama-heads.json")]
public sealed partial class Persona : LlamaForCausalLM;
