// expect: none
// config: llama-tied.json
// run: no (the copies are tied no longer)
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, ModulesToSave = ["lm_head", "embed_tokens"])] [BaseConfig("configs/llama-tied.json")]
public sealed partial class Persona : LlamaForCausalLM;
