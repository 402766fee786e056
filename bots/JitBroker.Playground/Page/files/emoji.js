// The shortcodes that apps and people use most; an unknown one stays as it is typed.
export const emoji = {
  white_check_mark: '✅', heavy_check_mark: '✔️', ballot_box_with_check: '☑️', x: '❌', negative_squared_cross_mark: '❎', no_entry: '⛔', no_entry_sign: '🚫', octagonal_sign: '🛑',
  warning: '⚠️', rotating_light: '🚨', fire: '🔥', fire_engine: '🚒', bell: '🔔', no_bell: '🔕', lock: '🔒', unlock: '🔓', closed_lock_with_key: '🔐', lock_with_ink_pen: '🔏', key: '🔑', old_key: '🗝️',
  shield: '🛡️', hourglass: '⌛', hourglass_flowing_sand: '⏳', alarm_clock: '⏰', clock1: '🕐', clock3: '🕒', stopwatch: '⏱️', timer_clock: '⏲️', calendar: '📅', date: '📅', spiral_calendar_pad: '🗓️',
  eyes: '👀', wave: '👋', pray: '🙏', clap: '👏', tada: '🎉', rocket: '🚀', thumbsup: '👍', '+1': '👍', thumbsdown: '👎', '-1': '👎', point_right: '👉', point_down: '👇', raised_hand: '✋', ok_hand: '👌', muscle: '💪',
  smile: '😄', slightly_smiling_face: '🙂', grin: '😁', joy: '😂', thinking_face: '🤔', sob: '😭', sweat_smile: '😅', sunglasses: '😎', zzz: '💤', heart: '❤️', star: '⭐', sparkles: '✨', bulb: '💡',
  memo: '📝', pencil: '📝', pencil2: '✏️', clipboard: '📋', page_facing_up: '📄', books: '📚', mag: '🔍', link: '🔗', gear: '⚙️', wrench: '🔧', hammer_and_wrench: '🛠️', robot_face: '🤖', computer: '💻', floppy_disk: '💾',
  package: '📦', card_index_dividers: '🗂️', file_cabinet: '🗄️', inbox_tray: '📥', outbox_tray: '📤', email: '📧', envelope: '✉️', speech_balloon: '💬', mega: '📣', loudspeaker: '📢', chart_with_upwards_trend: '📈',
  bust_in_silhouette: '👤', busts_in_silhouette: '👥', cop: '👮', house: '🏠', office: '🏢', door: '🚪', broom: '🧹', boom: '💥', bomb: '💣', skull: '💀', ghost: '👻', question: '❓', exclamation: '❗', information_source: 'ℹ️',
  red_circle: '🔴', large_orange_circle: '🟠', large_yellow_circle: '🟡', large_green_circle: '🟢', large_blue_circle: '🔵', white_circle: '⚪', black_circle: '⚫', large_green_square: '🟩', large_red_square: '🟥', large_yellow_square: '🟨',
  arrow_right: '➡️', arrow_left: '⬅️', arrow_up: '⬆️', arrow_down: '⬇️', arrows_counterclockwise: '🔄', repeat: '🔁', leftwards_arrow_with_hook: '↩️', heavy_plus_sign: '➕', heavy_minus_sign: '➖', new: '🆕', ok: '🆗', black_square_button: '🔲', white_square_button: '🔳', sos: '🆘', 100: '💯',
};
