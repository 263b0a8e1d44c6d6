// expect: PEFT204 at 5000
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, Targets = ["q_proj"])] [Personas("captain", "pip", "prof", "judge", "cook", "witch", "robot", "knight", "herald")]
[BaseConfig("configs/llama-tiny.json")] [Budget(MaxTrainable = 5000)]
public sealed partial class Persona : LlamaForCausalLM;
