// expect: PEFT112 at "embed_tokens"
// config: llama-tied.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Targets = ["q_proj", "embed_tokens"])] [BaseConfig("configs/llama-tied.json")]
public sealed partial class Persona : LlamaForCausalLM;
