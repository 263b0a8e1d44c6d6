// expect: none
// config: llama-tiny.json
// adapts: layers.1.self_attn.q_proj
// leaves: layers.0.
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Targets = ["layers.1.self_attn.q_proj"])] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
