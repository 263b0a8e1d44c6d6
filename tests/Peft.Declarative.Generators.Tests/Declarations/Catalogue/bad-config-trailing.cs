// expect: PEFT003 at "configs/trailing.json"
// config: trailing.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 2)] [BaseConfig("configs/trailing.json")]
public sealed partial class Persona : LlamaForCausalLM;
