// expect: none
// config: llama-tiny.json
// adapts: layers.3.self_attn.q_proj
// leaves: layers.2.self_attn.q_proj
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Targets = ["q_proj"], Layers = [3])] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
