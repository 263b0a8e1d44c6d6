// expect: none
// config: llama-tiny.json
// adapts: layers.1.self_attn.q_proj, layers.3.self_attn.q_proj
// leaves: layers.0., layers.2.
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Targets = ["q_proj"], Layers = [1, 3])] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
