// expect: PEFT* at "layers.9.self_attn.q_proj"
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Targets = ["layers.9.self_attn.q_proj"])] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
